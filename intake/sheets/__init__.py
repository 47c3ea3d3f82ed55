"""Filled-in Excel sheets: every slip named by its cell, nothing written unless it is asked for."""
