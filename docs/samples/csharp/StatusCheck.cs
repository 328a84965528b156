// StatusCheck for the isolated worker: Microsoft.Azure.Functions.Worker.Extensions.DurableTask 1.x, .NET 8 or later.
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;

public static class StatusCheck
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(45);

#pragma warning disable CS0618 // ContinuedAsNew is marked obsolete; the table may still hold it.
    private static readonly OrchestrationRuntimeStatus[] Active =
    [
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.ContinuedAsNew,
    ];
#pragma warning restore CS0618

    [Function("StatusCheck")]
    public static async Task<HttpResponseData> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", "post")] HttpRequestData request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        HashSet<string> exclude = [.. (request.Query["exclude"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        Dictionary<string, object?> answer;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        try
        {
            answer = await WhatRunsAsync(client, exclude, deadline.Token);
        }
        catch (Exception error) // also when the deadline has passed. Not known is not drained.
        {
            answer = Answer(true, "unknown", $"Not known whether anything runs: {error.Message}", null, null);
        }

        HttpResponseData response = request.CreateResponse();
        response.Headers.Add("Content-Type", "application/json");
        response.Headers.Add("Cache-Control", "no-store");
        await response.WriteStringAsync(JsonSerializer.Serialize(answer), CancellationToken.None);
        return response;
    }

    // An instance that is being started may not have its row yet, so one look that finds nothing is not enough.
    private static async Task<Dictionary<string, object?>> WhatRunsAsync(
        DurableTaskClient client, HashSet<string> exclude, CancellationToken cancellation)
    {
        (int count, OrchestrationMetadata? oldest) = await ActiveAsync(client, exclude, cancellation);
        if (oldest is null)
        {
            await Task.Delay(Settle, cancellation);
            (count, oldest) = await ActiveAsync(client, exclude, cancellation);
        }

        if (oldest is null)
        {
            return Answer(false, "drained", "Nothing is running.", null, 0);
        }

        string sentence = $"{count} active, the oldest {oldest.Name} {oldest.InstanceId}, {oldest.RuntimeStatus} since {oldest.CreatedAt:O}.";
        Dictionary<string, object?> instance = new()
        {
            ["id"] = oldest.InstanceId,
            ["name"] = oldest.Name,
            ["status"] = oldest.RuntimeStatus.ToString(),
            ["created"] = oldest.CreatedAt,
        };
        return Answer(true, "busy", sentence, instance, count);
    }

    private static async Task<(int Count, OrchestrationMetadata? Oldest)> ActiveAsync(
        DurableTaskClient client, HashSet<string> exclude, CancellationToken cancellation)
    {
        OrchestrationQuery query = new() { Statuses = Active, FetchInputsAndOutputs = false, PageSize = 1000 };
        int count = 0;
        OrchestrationMetadata? oldest = null;

        // Goes on from page to page until there is no continuation token, also through pages that are empty. Never AsPages().First().
        await foreach (OrchestrationMetadata one in client.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            // "@name@key" is an entity. It is Running for ever.
            if (one.InstanceId.StartsWith('@') || exclude.Contains(one.Name))
            {
                continue;
            }

            count++;
            oldest = oldest is null || one.CreatedAt < oldest.CreatedAt ? one : oldest;
        }

        return (count, oldest);
    }

    // Keys as they are: a serializer that makes them camelCase would keep every pipeline waiting for ever.
    private static Dictionary<string, object?> Answer(bool running, string verdict, string sentence, object? oldest, int? active) => new()
    {
        ["HasRunning"] = running,
        ["verdict"] = verdict,
        ["sentence"] = sentence,
        ["oldest"] = oldest,
        ["active"] = active,
    };
}
