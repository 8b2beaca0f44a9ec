"""Drawing: passive views on Qt and pyqtgraph that never decide anything."""
