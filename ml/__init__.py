"""Hounsfield's second reader: training, scoring, and the worker process behind Analyze."""
