"""What we say: kinds of message, their words, and the courier that carries them."""
