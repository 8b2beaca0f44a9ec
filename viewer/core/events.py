"""The only import of psygnal: observable values for the session and the document."""

from psygnal import Signal, SignalGroupDescriptor, SignalInstance

__all__ = ["Signal", "SignalGroupDescriptor", "SignalInstance"]
