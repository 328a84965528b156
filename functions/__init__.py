"""Code that is deployed into Azure, inside function apps. It knows `taskhub`, and nothing else of this repository."""
