"""Who is one person: the ID, else the name, in whatever spelling; and who may be joined."""

from itertools import permutations

import pytest

from viewer.core.patient import same_patient, why_apart
from viewer.core.study import Patient

NOBODY = Patient()


@pytest.mark.parametrize(("one", "other", "same"), [
    (Patient("Doe^Jane", "P-7"), Patient("DOE^JANE", "P-7"), True),
    (Patient("Doe^Jane", "P-7"), Patient("Roe", " p-7 "), True),  # married: the ID decides
    (Patient("Doe^Jane", "P-7"), Patient("Doe^Jane", "P-8"), False),
    (Patient("Doe^Jane^^", ""), Patient("doe  jane", "P-8"), True),
    (Patient("Müller^A", ""), Patient("Mu\u0308ller^A", ""), True),
    (Patient("Doe^Jane", "", "19500101"), Patient("Doe^Jane", "", "19610101"), False),
    (Patient("Doe^Jane", "", "19500101"), Patient("Doe^Jane", ""), True),
    (Patient("Doe^Jane", ""), Patient("Roe", ""), False),
    (Patient("", "P-7"), Patient("Doe", ""), None),
    (Patient("Doe", "P-7"), NOBODY, None),
    (NOBODY, NOBODY, None),
    (Patient("^^", " "), NOBODY, None),
    (Patient("A", "1", issuer="East"), Patient("A", "1", issuer="West"), False),
    (Patient("A", "1", issuer="East"), Patient("A", "1"), True),
])  # fmt: skip
def test_who_is_one_person(one, other, same):
    for first, second in permutations((one, other)):
        assert same_patient(first, second) is same


def test_who_may_be_joined_and_what_is_said():
    jane = Patient("Doe^Jane", "P-7")
    assert why_apart(jane, Patient("DOE", "P-7")) == ""
    assert why_apart(NOBODY, NOBODY) == ""
    assert "different patients" in why_apart(jane, Patient("Doe^Jane", "P-8"))
    assert "do not tell" in why_apart(jane, NOBODY)
    assert why_apart(jane, NOBODY) == why_apart(NOBODY, jane)
