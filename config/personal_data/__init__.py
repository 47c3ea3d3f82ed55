"""What in a text tells of a person or is secret: found by shapes, by lists of words and by what stands around them."""
