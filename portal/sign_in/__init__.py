"""Sessions, signing in by link, and OpenID Connect."""
