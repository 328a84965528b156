using System.Collections.Generic;

namespace Shop.Versions.V1_2.Models
{
    public class Order
    {
        public string Id { get; set; }

        public List<OrderItem> Items { get; set; } = new List<OrderItem>();
    }

    public class OrderItem
    {
        public string Sku { get; set; }
    }
}
