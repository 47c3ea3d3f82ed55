"""The months ahead as a rehearsal found them: kept as files, drawn, and as a workbook."""
