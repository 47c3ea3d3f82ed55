"""Programs that are told of events: registered by a coordinator, sent to by the courier."""
