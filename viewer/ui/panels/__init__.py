"""Panels beside the images: passive views, driven by the presenters of `viewer.app`."""
