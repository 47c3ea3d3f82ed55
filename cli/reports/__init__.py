"""Commands that print: boards, papers, calendars, workbooks."""
