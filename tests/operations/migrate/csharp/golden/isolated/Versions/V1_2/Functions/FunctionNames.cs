namespace Shop.Versions.V1_2.Functions;

internal static class FunctionNames
{
    public const string Orders = nameof(Orders);
    public static readonly TaskName Pack = "Pack_v1_2";
    public static TaskName Weigh { get; } = new("Weigh_v1_2");
}
