"""How a message leaves: mail, chat through Apprise, Zalo, the local mailbox."""
