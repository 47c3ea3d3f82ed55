"""How it looks: the board, charts, papers in Word, Excel workbooks and the calendar feed."""
