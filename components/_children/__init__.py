"""The resources that the component declares, by subject. No decision is made here."""
