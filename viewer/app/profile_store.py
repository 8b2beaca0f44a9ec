"""Profiles and own presets on disk: shipped ones in the resources, own ones with the settings."""

import contextlib
import logging
import re
from pathlib import Path

from viewer.app.profiles import (
    DEFAULT_ID,
    MAX_BYTES,
    Profile,
    ProfileError,
    read_profile,
    write_profile,
)
from viewer.app.user_presets import (
    NewerPresetsError,
    PresetError,
    UserPreset,
    read_presets,
    write_presets,
)
from viewer.core.errors import ViewerError
from viewer.files import SaveError, free_name, make_folder, write_atomic
from viewer.i18n import tr
from viewer.paths import resources_dir

logger = logging.getLogger(__name__)

FOLDER_NAME = "profiles"
PRESETS_NAME = "presets.json"
_SUFFIX = ".json"
_NO_NAME = re.compile(r"[^a-z0-9]+")


class ProfileStore:
    """The profiles that there are.

    Parameters
    ----------
    folder : Path
        The settings folder; own profiles lie in a folder below it.
    """

    def __init__(self, folder: Path) -> None:
        self._own = folder / FOLDER_NAME
        self._shipped = resources_dir() / FOLDER_NAME

    def profiles(self) -> tuple[tuple[Profile, ...], tuple[str, ...]]:
        """Return all profiles, the default first, and a line for each file that is none."""
        found: list[Profile] = []
        wrong: list[str] = []
        for folder in (self._shipped, self._own):
            for path in sorted(folder.glob(f"*{_SUFFIX}")):
                try:
                    found.append(self._read(path))
                except ProfileError as error:
                    wrong.append(f"{path.name}: {error.why}")
        found.sort(key=lambda p: (p.id != DEFAULT_ID, p.own, p.name.casefold()))
        return tuple(found), tuple(wrong)

    def load(self, profile_id: str) -> Profile:
        """Return a profile.

        Raises
        ------
        ProfileError
            There is none of that id, or its file is damaged.
        """
        for folder in (self._shipped, self._own):
            path = folder / f"{profile_id}{_SUFFIX}"
            if path.stem == profile_id and path.is_file():
                return self._read(path)
        raise ProfileError(tr("there is no profile {name}", name=profile_id))

    def find(self, name: str) -> Profile:
        """Return the profile of that id or name, in any case of letters.

        Raises
        ------
        ViewerError
            There is none.
        """
        known, _ = self.profiles()
        wanted = name.casefold()
        for profile in known:
            if wanted in (profile.id.casefold(), profile.name.casefold()):
                return profile
        raise ViewerError(
            tr("There is no profile {name}", name=name),
            tr("there are {names}", names=", ".join(profile.id for profile in known)),
        )

    def save(self, profile: Profile) -> None:
        """Write an own profile.

        Raises
        ------
        SaveError
            The folder cannot be written.
        """
        make_folder(self._own, private=True)
        path = self._own / f"{profile.id}{_SUFFIX}"
        write_atomic(path, write_profile(profile), private=True)

    def remove(self, profile: Profile) -> None:
        """Delete an own profile; a file that is gone already is gone."""
        with contextlib.suppress(OSError):
            (self._own / f"{profile.id}{_SUFFIX}").unlink()

    def free_id(self, name: str) -> str:
        """Return an id for a new profile of that name, which no other has."""
        stem = "own-" + (_NO_NAME.sub("-", name.casefold()).strip("-")[:40] or "profile")
        known, _ = self.profiles()
        taken = {profile.id for profile in known}
        taken |= {path.stem for path in self._own.glob(f"*{_SUFFIX}")}  # those of a newer program
        number, found = 2, stem
        while found in taken:
            found, number = f"{stem}-{number}", number + 1
        return found

    def _read(self, path: Path) -> Profile:
        return read_profile(read_some(path), path.stem, own=path.parent == self._own)


class PresetStore:
    """The reader's own presets.

    Parameters
    ----------
    folder : Path
        The settings folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / PRESETS_NAME

    def load(self) -> tuple[tuple[UserPreset, ...], tuple[str, ...]]:
        """Return the presets, and a line for whatever cannot be used.

        A file that is none of presets is kept aside, so that saving does not overwrite it; that
        of a newer program stays where it is.
        """
        if not self._path.exists():
            return (), ()
        try:
            return read_presets(read_some(self._path))
        except NewerPresetsError as error:
            return (), (f"{PRESETS_NAME}: {error.why}",)
        except ViewerError as error:
            logger.warning("the own presets are damaged and kept aside")
            with contextlib.suppress(OSError):
                self._path.replace(free_name(self._path.with_suffix(".damaged.json")))
            return (), (f"{PRESETS_NAME}: {error.why}",)

    def save(self, presets: tuple[UserPreset, ...]) -> None:
        """Write them.

        Raises
        ------
        SaveError
            The folder cannot be written, or a newer program wrote the file.
        """
        if self._path.exists():
            try:
                read_presets(read_some(self._path))
            except NewerPresetsError as error:
                raise SaveError(error.what, error.why) from None
            except ViewerError:
                logger.warning("damaged presets are replaced")
        write_atomic(self._path, write_presets(presets), private=True)


def read_some(path: Path) -> bytes:
    """Return a small file's content; of a large one only so much that it is known to be so.

    Raises
    ------
    ProfileError
        It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(max(MAX_BYTES, 500_000) + 1)
    except OSError as error:
        raise ProfileError(error.strerror or type(error).__name__) from None


def example_presets() -> tuple[UserPreset, ...]:
    """Return the windows that ship as a beginning.

    Raises
    ------
    PresetError
        The installation is damaged.
    """
    try:
        data = (resources_dir() / "presets" / "examples.json").read_bytes()
    except OSError as error:
        raise PresetError(error.strerror or type(error).__name__) from None
    return read_presets(data)[0]
