"""Filled-in Excel sheets: every fault named by its cell, nothing written before it is confirmed."""
