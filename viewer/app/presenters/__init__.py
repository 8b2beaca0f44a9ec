"""Presenters: they join the session to passive views."""
