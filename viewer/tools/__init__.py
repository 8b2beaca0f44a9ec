"""Pointer logic without drawing: pointer events become view state or commands."""
