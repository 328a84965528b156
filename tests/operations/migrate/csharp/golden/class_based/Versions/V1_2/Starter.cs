using Flow.Versions.V1_2.Tasks;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Versions.V1_2
{

public static class Starter
{
    [Function("StartHelloCities_v1_2")]
    public static async Task<HttpResponseData> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "hello")] HttpRequestData request,
        [DurableClient] DurableTaskClient client)
    {
        string id = await client.ScheduleNewHelloCities_v1_2InstanceAsync("me");
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(HelloCities) + "_v1_2", "you");
        return client.CreateCheckStatusResponse(request, id);
    }
}
}
