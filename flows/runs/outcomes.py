"""What a run that did not complete says of itself, and the tags it is found by."""

BROKEN_OFF = "Máy dừng giữa lượt chạy. Lượt chạy sau làm bù, không mất việc nào."
MISSED = "Máy tắt vào giờ này. Lượt chạy sau làm bù, không mất việc nào."
RUN_AGAIN = "Máy chạy lượt này đã dừng đột ngột. Đã chạy lại ở máy khác, không mất việc nào."
"""Messages of the states of runs that were missed, or ended without a word of their own."""

FAILED = "loi"
"""Tag of a run that could not do its work."""

UNFORESEEN = "loi-la"
"""Tag, besides, of one that ended with a fault nobody foresaw: what its state says is a program's, not ours."""
