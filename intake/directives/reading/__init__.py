"""Reading a directive into one text whose every character has an address."""
