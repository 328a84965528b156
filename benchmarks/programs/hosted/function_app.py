"""The app that forwarding through the embedded host leads to: takes an order and answers at once. No orchestration is started."""

import json

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
ANSWER = json.dumps(
    {"id": "1.0-3f2c9d", "state": "accepted", "lines": [{"article": n, "count": n, "price": "9.90"} for n in range(5)]}
).encode()


@app.function_name("TakeOrder")
@app.route(route="orders", methods=["GET", "POST"])
def take_order(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(ANSWER, mimetype="application/json", headers={"X-Correlation-Id": "7f3a"})
