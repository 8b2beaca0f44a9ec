"""The model card: every number in it comes from the figures of the training that it describes."""

from collections.abc import Mapping
from typing import Any

from ml.training.sizes import table

_WHAT = """# Lung nodule model {version}

**What the score is:** {meaning}. The score of a nodule is calibrated so that, among the nodules of
the cohort below, about that share was rated malignant by the median of up to four (rarely more)
radiologists who saw the CT alone.

**What the score is not:** {not_meaning}. The readers' opinion is not pathology: networks that agree
with readers at an AUC of 0.90 have been published at 0.71-0.81 against outcomes. It was not
measured on screening, on other scanners than the cohort's, on children, or on anything but nodules;
it does not look for nodules. Research and education. Not a medical device.
"""

_HOW = """## How it works

Up to {slices} axial slices, spread over the nodule, each resampled to {size} x {size} pixels of
{spacing} mm (so that size is seen) and put on a grey scale between two anchors found in the picture
(lung and soft tissue), because the grey scale of the training slices is unknown; a known HU
calibration is not used even where there is one (it is known for 59 % of the malignant and 30 % of
the benign training nodules, so it would give the label away). Each slice, with its neighbours, is
read by five compact ResNets ({parameters:,} numbers each), in eight flips and turns: reader
malignancy, seven other reader ratings, diameter, and a coarse map of the nodule. The head is a line
on the mean malignancy and diameter readings that LightGBM corrects from all mean readings and the
largest and middle malignancy; Platt's line calibrates.

No reader contour, reader diameter, rating or slice count is an input. Slices are however those of
the nodule's extent: the tiles of the training set stop where the readers' contours stop.

**Interval:** the 2.5th to 97.5th percentile over every network of the ensemble, each through the
calibration lines of {lines} resamplings of the patients. It tells how much the score depends on the
training, not how often readers disagree. In another repeat of the whole training (other folds,
other seeds) the score of a nodule lay in this interval in {agreement:.0%} of cases.

**Evidence:** a slice's share is the change of the score without it; a feature's share is LightGBM's
exact contribution.
"""


def write_card(about: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """Write the card in Markdown.

    Parameters
    ----------
    about : mapping
        meaning, not_meaning, version, cohort, licences, training, preprocessing, parameters.
    figures : mapping
        From `ml.training.metrics.all_figures`, with comparison and seconds_of_fits.
    """
    patch = about["preprocessing"]
    parts = [
        _WHAT.format(
            version=about["version"], meaning=about["meaning"], not_meaning=about["not_meaning"]
        ),
        _cohort(about["cohort"]),
        _figures(figures),
        _comparison(figures),
        _calibration(figures),
        _sizes(patch["size_px"] * patch["spacing_mm"], figures),
        _HOW.format(
            slices=patch["slices"],
            size=patch["size_px"],
            spacing=patch["spacing_mm"],
            parameters=about["parameters"],
            lines=about["calibration_lines"],
            agreement=figures["interval_holds_other_repeat"],
        ),
        _limits(),
        _reproduce(about, figures),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _cohort(cohort: Mapping[str, Any]) -> str:
    quartiles = ", ".join(str(value) for value in cohort["diameter_mm_quartiles"])
    return f"""## Cohort

{cohort["labelled_nodules"]} nodules of {cohort["labelled_patients"]} patients with a label:
{cohort["rated_malignant"]} rated malignant (median reader malignancy above 3),
{cohort["rated_benign"]} rated benign (below 3).
Diameters (minimum, quartiles, maximum): {quartiles} mm.
Nodules rated indeterminate have no label; with them, {cohort["nodules"]} nodules of
{cohort["patients"]} patients trained the networks. Patients with proven pathology were not in it.

{cohort["source"]}
"""


def _figures(figures: Mapping[str, Any]) -> str:
    lines = [
        "## Out-of-fold figures",
        "",
        "Area under the ROC curve against the readers' label: mean over three repeats of five "
        "patient-disjoint folds, with the 95 % interval from resampling patients "
        f"({figures['bootstrap_draws']} draws). Networks and head that score a nodule have seen "
        "no nodule of its patient.",
        "",
        "| group | nodules | rated malignant | AUC | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for name, group in figures["groups"].items():
        if "auc" not in group:
            lines.append(f"| {name} | {group['nodules']} | | one class only | |")
            continue
        low, high = group["auc_interval"]
        lines.append(
            f"| {name} | {group['nodules']} | {group['rated_malignant']:.0%} "
            f"| {group['auc']:.3f} | {low:.3f} to {high:.3f} |"
        )
    lines += [
        "",
        "Within a narrow range of size the AUC is lower: size tells much of the readers' label. "
        "The groups overlap in many ways (slice thickness goes with scanner and hospital); a "
        "difference between them has not been explained.",
        "",
        "### Beside it: controls and published models on the same folds",
        "",
    ]
    for name, others in figures["compared"].items():
        lines += [
            f"{name} (model {figures['groups'][name]['auc']:.4f}):",
            "",
            "| compared with | its AUC | model minus it | 95 % interval |",
            "|---|---|---|---|",
        ]
        for other, values in others.items():
            low, high = values["difference_interval"]
            lines.append(
                f"| {other} | {values['auc']:.4f} | {values['difference']:+.4f} "
                f"| {low:+.4f} to {high:+.4f} |"
            )
        permuted = figures["permuted"][name]
        lines += [
            "",
            f"Trees trained on permuted labels, from the same networks: {permuted['auc']:.3f} "
            f"(deviation {permuted['auc_sd_of_permutations']:.3f} over "
            f"{permuted['permutations']} permutations). The networks were trained on true labels.",
            "",
        ]
    return "\n".join(lines)


def _comparison(figures: Mapping[str, Any]) -> str:
    text = str(figures.get("comparison", "")).strip("\n")
    if not text:
        return ""
    return f"""### The same by the comparison script

    python -m ml evaluate --nodules DIR --work DIR --out SCORES.csv
    python lidc_compare.py SCORES.csv --nodules DIR/nodules.csv

```
{text}
```
"""


def _calibration(figures: Mapping[str, Any]) -> str:
    values, small = figures["calibration"], figures["calibration_5_15_mm"]
    lines = [
        "## Calibration (each fold by the line of the repeat's other folds)",
        "",
        "| group | Brier score | Brier of the constant | log loss | slope | intercept |",
        "|---|---|---|---|---|---|",
    ]
    for name, part in (("all sizes", values), ("5-15 mm", small)):
        lines.append(
            f"| {name} | {part['brier']:.4f} | {part['brier_constant']:.4f} "
            f"| {part['log_loss']:.4f} | {part['slope']:.2f} | {part['intercept']:+.2f} |"
        )
    lines += ["", "| tenth of the scores: mean score | rated malignant |", "|---|---|"]
    lines += [
        f"| {part['mean_score']:.3f} | {part['rated_malignant']:.3f} |"
        for part in values["reliability"]
    ]
    lines += [
        "",
        "The line that is shipped is fitted to the out-of-fold scores of all three repeats (mean "
        "of a nodule's raw scores). Those came from ensembles of four networks trained on three "
        "fifths of the patients; the shipped five networks saw four fifths each, and its head "
        "learnt from the fifth that each had not seen.",
        "",
    ]
    return "\n".join(lines)


def _sizes(field_mm: float, figures: Mapping[str, Any]) -> str:
    return f"""## Large nodules

Scores of the shipped network that has not seen the patient's fold, with a head that has not either
(first repeat), at true size and where a larger nodule is shown reduced to a limit.

    python -m ml sizes --nodules DIR --work DIR

{table(figures["sizes"])}

A patch is {field_mm:.0f} mm wide. Views reduced to a limit were looked at as a way to score what is
larger. Benign nodules of these sizes are few, so the table proves little, but in no range did a
reduced view separate better: nothing is reduced. Analyze gives no score to a finding whose ball is
larger than 30 mm. Too few of the nodules are, and the mean here does not carry over: three places
of 40 to 50 mm in three other scans had 0.11, 0.30 and 0.71 at true size.
"""


def _limits() -> str:
    return """## Limits

- **Chosen on these folds.** Three forms of the network's input were tried on two folds of the first
  repeat, and some twenty-five forms of the head on up to twelve of the fifteen folds, before this
  one. The figures above are therefore a little too good. The networks without any head, which no
  such choice of a head touched, are in the table of controls. Only patients never used here can
  settle it.
- The label is an opinion from CT, learnt from one collection; nodules with disagreeing readers have
  no label and are easier or harder than the figures tell.
- The centre was given by readers' contours. A centre a few millimetres off changes the score.
- The tiles have 8 bit and unknown grey scale; dense calcium is seen relative to soft tissue only.
- Nothing larger than 30 mm (ball of the volume) was measured well enough to be scored; benign
  nodules above 20 mm are few, and most of them score high.
- Figures in small groups have wide intervals; read the interval, not the middle.
"""


def _reproduce(about: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    seconds = list(figures["seconds_of_fits"].values())
    versions = ", ".join(f"{k} {v}" for k, v in about["training"]["versions"].items())
    return f"""## How to make it again

    {about["training"]["command"]}

{len(seconds)} networks, {sum(seconds) / 60:.0f} minutes of one thread each on a shared CPU in all
({min(seconds):.0f}-{max(seconds):.0f} s each); {versions}. Seeds are fixed; thread order and
processor change the last digits of the weights.
"""
