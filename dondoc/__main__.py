"""``python -m dondoc``, for whoever starts it without the console script."""

from dondoc import main

main()
