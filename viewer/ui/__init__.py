"""The window: Qt widgets, dialogs and the composition of them all."""
