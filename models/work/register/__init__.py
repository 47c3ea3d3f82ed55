"""The register of offices while work runs: its deeds, what they do to open work, and what holds on a day ahead."""
