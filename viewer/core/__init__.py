"""Values and documents that every room shares: no input or output, no Qt, numpy and psygnal only."""
