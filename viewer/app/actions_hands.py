"""The rows of the action table about the table itself: profiles, palette, own presets."""

from viewer.app.action_spec import ActionSpec, Menu

USER_PRESETS = ActionSpec(
    "window.user_presets",
    "Own presets…",
    Menu.WINDOW,
    (),
    "Make, change, order, import and export windows of your own",
    starts_group=True,
)

HANDS = (
    ActionSpec(
        "help.palette",
        "Command palette…",
        Menu.HELP,
        ("Ctrl+K", "Ctrl+Shift+P"),
        "Find any action, preset, layout, series or recent study by a few letters",
    ),
    ActionSpec(
        "help.profile",
        "Change keys and mouse…",
        Menu.HELP,
        (),
        "Choose a profile, give actions other keys and gestures other deeds",
    ),
)
