"""What every room shares: values and documents. No files, no Qt; numpy and psygnal only."""
