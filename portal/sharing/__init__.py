"""What others outside are given: programs told of events, open figures, the export for another tracker."""
