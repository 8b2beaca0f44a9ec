"""Dialogs, none of which blocks the window: passive views."""
