"""Hounsfield, the viewer: a window and a command line over the same rooms."""
