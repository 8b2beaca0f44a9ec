"""DICOM files to volumes in their unit: scan, group, order, decode, and say what is doubtful."""
