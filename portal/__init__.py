"""The doors: pages for offices, coordinators and managers, and the API."""
