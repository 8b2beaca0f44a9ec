"""The only import of psygnal: observable values for the session and the document."""

from psygnal import EmissionInfo, Signal, SignalGroupDescriptor, SignalInstance

__all__ = ["EmissionInfo", "Signal", "SignalGroupDescriptor", "SignalInstance"]
