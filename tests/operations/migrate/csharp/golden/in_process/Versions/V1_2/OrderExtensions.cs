namespace Shop.Versions.V1_2
{
    internal static class OrderExtensions
    {
        public static int Total(this Models.Order order) => order.Items.Count;
    }
}
