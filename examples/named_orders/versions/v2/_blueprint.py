"""What the functions of this version are declared on; the app registers it."""

import azure.durable_functions as df

blueprint = df.Blueprint()
