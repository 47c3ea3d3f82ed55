"""Text without accents: small letters, one space between words."""

import unicodedata


def without_accents(text: str) -> str:
    """«Sở  Y tế» as "so y te"."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())
