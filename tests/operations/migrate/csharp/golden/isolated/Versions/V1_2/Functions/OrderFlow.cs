using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;
using Shop.Services;
using static Shop.Versions.V1_2.Functions.FunctionNames;

using Shop.Functions;

namespace Shop.Versions.V1_2.Functions;

using global::Shop.Versions.V1_2.Models;
using Price = global::Shop.Versions.V1_2.Models.Money;

public partial class OrderFlow(ILogger<OrderFlow> logger, IPayments payments)
{
    [Function(FunctionNames.Orders + "_v1_2")]
    public async Task<string> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, Order order)
    {
        Price total = order.Total;
        await context.CallActivityAsync(nameof(Pay) + "_v1_2", order.Id);
        await context.CallActivityAsync(Pack, order);
        await context.CallActivityAsync(FunctionNames.Weigh, order);
        await context.CallActivityAsync((TaskName)(nameof(Ship) + "_v1_2"), order);
        await context.CallActivityAsync(new TaskName("Ship_v1_2"), order);
        await context.CallActivityAsync(name: "Ship_v1_2", input: order);
        await context.CallShip_v1_2Async(order);
        await context.CallSubOrchestratorAsync<string>("""OrderItems_v1_2""", new Shop.Versions.V1_2.Models.Order(order.Id, [], total));
        await context.Entities.CallEntityAsync(new EntityInstanceId(nameof(Counter), "all"), "Add", 1);
        foreach (var name in new[] { "Pay", "Ship" })
        {
            await context.CallActivityAsync(name, order);
        }

        string region = context.InstanceId.Length switch
        {
            > 10 => await context.CallActivityAsync<string>(order.Lines.Length > 1 ? nameof(Pay) + "_v1_2" : "Ship_v1_2", order),
            _ => "Orders",
        };
        logger.LogInformation("""
            Orders: "Pay", then "Ship" in {region}
            """, region);
        return region;
    }

    [Function("OrderItems_v1_2")]
    public static Task<string> OrderItems([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult("OrderItems");

    [Function(nameof(Pay) + "_v1_2")]
    public async Task<Receipt> Pay([ActivityTrigger] string order) => await payments.PayAsync(order);

    [Function(nameof(Ship) + "_v1_2")]
    public void Ship([ActivityTrigger] Order order) => logger.LogInformation("Ship {order}", order.Id);

    [Function("Pack_v1_2")]
    public static void PackIt([ActivityTrigger] Order order) { }

    [Function("Weigh_v1_2")]
    public static void WeighIt([ActivityTrigger] Order order) { }
}
