"""`dondoc plan` and `dondoc intake`: plans as documents, from a text or files into the store and out again."""
