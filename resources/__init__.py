"""Data that ships with Hounsfield: cascade, icons, model bundles."""
