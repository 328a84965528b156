// Orders, start to end.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.Http;
using Microsoft.Extensions.Logging;
using Shop.Versions.V1_2.Models;

namespace Shop.Versions.V1_2.Functions
{
    public static class OrderFunctions
    {
        private const string ShipName = nameof(Ship);

        #region orchestrators
        /// <summary>The orchestrator "Orders" calls Charge, then Ship. See <see cref="Charge"/>.</summary>
        [FunctionName("Orders_v1_2")]
        public static async Task<string> Orders(
            [OrchestrationTrigger] IDurableOrchestrationContext context, ILogger log)
        {
            var order = context.GetInput<Order>();
            var retry = new RetryOptions(TimeSpan.FromSeconds(1), 3);
            log.LogInformation("Orders: Charge and Ship"); // "Charge" stays what it is here

            await context.CallActivityAsync<string>(Names.Charge + "_v1_2", order);
            await context.CallActivityWithRetryAsync(functionName: ShipName + "_v1_2", retryOptions: retry, input: order);
            await context.CallActivityAsync($"{Names.Prefix}der_v1_2", order.Items);
            await context.CallSubOrchestratorAsync(nameof(OrderItems) + "_v1_2", order.Id + "-items", order);
            await context.CallSubOrchestratorWithRetryAsync<string>(@"Order" + "Items_v1_2", retry, order);
            await context.CallActivityAsync(order.Items.Count > 0 ? Names.Refund + "_v1_2" : "Order_v1_2", order);

            var counter = new EntityId("Counter", "orders");
            await context.CallEntityAsync(counter, "add", 1);

            string step = "Ship";
            await Task.WhenAll(order.Items.Select(item => context.CallActivityAsync(step + "_v1_2", item)));

            var plugin = Environment.GetEnvironmentVariable("PLUGIN");
            return await context.CallActivityAsync<string>(plugin, order);
        }

        [FunctionName(nameof(OrderItems) + "_v1_2")]
        public static Task OrderItems([OrchestrationTrigger] IDurableOrchestrationContext context)
            => context.CallActivityAsync("order_v1_2", context.GetInput<Order>().Items);
        #endregion

        #region activities
        [FunctionName(Names.Charge + "_v1_2")]
        public static string Charge([ActivityTrigger] Order order) => order.Total().ToString();

        [FunctionName(ShipName + "_v1_2")]
        public static void Ship([ActivityTrigger] OrderItem item)
        {
        }

        [FunctionName("Order_v1_2")]
        public static void Order_([ActivityTrigger] List<OrderItem> items)
        {
        }
        #endregion

        #region entities and clients

        [FunctionName("HttpStart_v1_2")]
        public static async Task<HttpResponseMessage> HttpStart(
            [HttpTrigger(AuthorizationLevel.Function, "post", Route = "orders")] HttpRequestMessage request,
            [DurableClient] IDurableOrchestrationClient starter)
        {
            string id = await starter.StartNewAsync("Orders_v1_2", null);
            return starter.CreateCheckStatusResponse(request, id);
        }

        [FunctionName("AnyStart_v1_2")]
        public static Task<string> AnyStart(
            [HttpTrigger(AuthorizationLevel.Function, "post", Route = "start/{name}")] HttpRequestMessage request,
            [DurableClient] IDurableClient starter,
            string name)
            => starter.StartNewAsync(name, null);
        #endregion
    }
}
