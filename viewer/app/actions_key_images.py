"""The rows of the action table about key images."""

from viewer.app.action_spec import ActionSpec, Menu, Need

KEY_IMAGE_MENU = "Key images"

KEY_IMAGES = (
    ActionSpec(
        "key.toggle",
        "Key image",
        Menu.EDIT,
        ("K",),
        "Mark the image in view to find it again; again: unmark it",
        need=Need.VOLUME,
        submenu=KEY_IMAGE_MENU,
        checkable=True,
    ),
    ActionSpec(
        "key.comment",
        "Comment on the key image…",
        Menu.EDIT,
        ("Shift+K",),
        "Write to the key image in view",
        need=Need.KEY_IMAGE,
        submenu=KEY_IMAGE_MENU,
    ),
    ActionSpec(
        "key.next",
        "Next key image",
        Menu.EDIT,
        ("Alt+Down",),
        "Show the next key image of this series",
        need=Need.KEY_IMAGES,
        submenu=KEY_IMAGE_MENU,
    ),
    ActionSpec(
        "key.previous",
        "Previous key image",
        Menu.EDIT,
        ("Alt+Up",),
        "Show the previous key image of this series",
        need=Need.KEY_IMAGES,
        submenu=KEY_IMAGE_MENU,
    ),
    ActionSpec(
        "key.show_list",
        "List of key images",
        Menu.EDIT,
        tooltip="Show the list beside the images",
        submenu=KEY_IMAGE_MENU,
    ),
)
