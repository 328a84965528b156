using Microsoft.DurableTask;

namespace Flow.Versions.V1_2.Tasks;

[DurableTask(nameof(HelloCities) + "_v1_2")]
public class HelloCities : TaskOrchestrator<string, string>
{
    public override async Task<string> RunAsync(TaskOrchestrationContext context, string input)
    {
        string result = await context.CallSayHello_v1_2Async("Tokyo");
        result += await context.CallSay_Goodbye_v1_2Async(new Farewell(input));
        result += await context.CallSubOrchestratorAsync<string>(nameof(Nested) + "_v1_2", input);
        return result + await context.CallNested_v1_2Async(input); // CallNestedAsync in a comment stays
    }
}

[DurableTask(nameof(Nested) + "_v1_2")]
public class Nested : TaskOrchestrator<string, string>
{
    public override Task<string> RunAsync(TaskOrchestrationContext context, string input)
        => context.CallActivityAsync<string>("SayHello_v1_2", input);
}
