"""The rows of the action table about findings: tracking, follow-up, histogram."""

from viewer.app.action_spec import ActionSpec, Menu, Need
from viewer.app.actions_marks import MARK_MENU

FOLLOW_UP_MENU = "Follow-up"

FINDINGS = (
    ActionSpec(
        "mark.track",
        "Track or untrack",
        Menu.EDIT,
        ("Shift+T",),
        "Tracked marks go into reports, CSV files and follow-up; others are drawn dashed",
        need=Need.SELECTION,
        submenu=MARK_MENU,
        in_views=True,
    ),
    ActionSpec(
        "follow.pair",
        "Pair with a prior mark…",
        Menu.EDIT,
        ("Alt+P",),
        "The selected mark is the follow-up of a mark in another series; the nearest stands first",
        need=Need.SELECTION,
        submenu=FOLLOW_UP_MENU,
    ),
    ActionSpec(
        "follow.pair_all",
        "Pair all with the prior…",
        Menu.EDIT,
        ("Alt+Shift+P",),
        "Suggest which marks of two joined series are the same findings",
        need=Need.SERIES,
        submenu=FOLLOW_UP_MENU,
    ),
    ActionSpec(
        "follow.part",
        "Part from the prior mark",
        Menu.EDIT,
        (),
        "The selected mark follows no earlier one",
        need=Need.SELECTION,
        submenu=FOLLOW_UP_MENU,
    ),
)

HISTOGRAM = (
    ActionSpec(
        "view.histogram",
        "Histogram",
        Menu.WINDOW,
        ("G",),
        "How the values of the selected region, else of the series, are distributed",
        need=Need.VOLUME,
        starts_group=True,
    ),
    ActionSpec(
        "view.window_region",
        "Window from region",
        Menu.WINDOW,
        ("Shift+G",),
        "From the 2 to the 98 percentile of the selected region",
        need=Need.SELECTION,
    ),
)
