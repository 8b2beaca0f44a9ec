"""The rows of the action table about the reader's own ways: preferences and teaching mode."""

from viewer.app.action_spec import ActionSpec, Menu

HABITS = (
    ActionSpec(
        "edit.preferences",
        "Preferences…",
        Menu.EDIT,
        ("Ctrl+,",),
        "Look, start and habits; every change acts at once",
        "edit.preferences",
        starts_group=True,
    ),
    ActionSpec(
        "view.teaching",
        "Teaching mode",
        Menu.VIEW,
        ("Ctrl+Shift+T",),
        "Hide who the images are of: on the screen, in copies and in exports",
        checkable=True,
        starts_group=True,
    ),
)
