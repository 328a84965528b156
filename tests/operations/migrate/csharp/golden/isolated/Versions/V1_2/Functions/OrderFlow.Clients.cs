using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;

namespace Shop.Versions.V1_2.Functions;

using global::Shop.Versions.V1_2.Models;

public partial class OrderFlow
{
    // Started over HTTP, and every night.
    [Function("OrdersStart_v1_2")]
    public static async Task<HttpResponseData> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post")] HttpRequestData request,
        [DurableClient] DurableTaskClient client)
    {
        string id = await client.ScheduleNewOrchestrationInstanceAsync(FunctionNames.Orders + "_v1_2", await request.ReadFromJsonAsync<Order>());
        return await client.CreateCheckStatusResponseAsync(request, id);
    }

    [Function("Nightly_v1_2")]
    public static Task Nightly([TimerTrigger("0 0 2 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client)
        => client.ScheduleNewOrchestrationInstanceAsync(nameof(OrderItems) + "_v1_2");
}
