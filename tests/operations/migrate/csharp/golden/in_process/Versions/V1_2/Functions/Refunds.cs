using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Shop.Models;

namespace Shop.Versions.V1_2.Functions
{
    using global::Shop.Versions.V1_2.Models;

    public class RefundFunctions
    {
        private readonly IWarehouse _warehouse;

        public RefundFunctions(IWarehouse warehouse)
        {
            _warehouse = warehouse;
        }

        [FunctionName("Refund_v1_2")]
        public int Refund([ActivityTrigger] Order order)
        {
            Stock stock = _warehouse.Take(order.Id);
            return stock.Left;
        }
    }
}
