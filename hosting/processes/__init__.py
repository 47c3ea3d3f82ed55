"""The processes of dondoc: started, watched and ended together."""
